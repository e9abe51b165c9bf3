import tseslint from 'typescript-eslint';

/** An import of another room, by the relative path or the package that leads there. */
const room = (regex, message) => ({ regex, message });
const AWS_CDK = room('^(aws-cdk-lib|constructs)(/|$)', 'only lib and examples know the CDK');
const AWS_SDK = room('^@(aws-sdk|smithy)/', 'only lambda/adapters talks to AWS');
const CONSTRUCTS = room('/lib/(?!model/)', 'only lib/model is shared between the three programs');
const LAMBDA = room('/lambda(/|$)', 'handlers are reached as built files under the assembly only');
/** For lib, which has a folder of that name too: the constructs of the platform. */
const HANDLERS = room('/lambda/(adapters|core|handlers|synth)(/|$)', 'handlers are reached as built files under the assembly only');
const REHEARSAL = room('/rehearsal(/|$)', 'nothing that ships to an account knows the rehearsal');
const NODE_IO = room('^node:(fs|net|http|https|tls|dns|child_process|process|timers|os|worker_threads)', 'decisions are pure; I/O comes in through a port');
const ADAPTERS = room('/(adapters|handlers)(/|$)', 'core decides; adapters are handed to it');
const SHELL = room('(?<!/model)/(endpoints|sandbox|commands|report|assembly|stage|cloudformation)(/|$)', 'the engine is pure; the rooms around it hand in ports');
const RANDOM_SEED = room('^fast-check$', 'properties take fc from test/support/properties, which gives it a seed');

const imports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const NO_CLOCK = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'time comes from a clock port' },
    { object: 'Math', property: 'random', message: 'randomness comes from a port' },
    { object: 'process', property: 'env', message: 'the environment is read at the edge' },
    { object: 'performance', property: 'now', message: 'time comes from a clock port' },
  ],
  'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'setImmediate', 'fetch'],
  'no-restricted-syntax': ['error', { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'time comes from a clock port' }],
};

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'node_modules/', 'coverage/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      curly: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['lib/**/*.ts'], rules: imports(AWS_SDK, HANDLERS, REHEARSAL) },
  {
    files: ['lib/model/**/*.ts'],
    rules: { ...imports(room('^[^.]', 'lib/model imports nothing'), room('^\\.\\./', 'lib/model imports nothing outside itself')), ...NO_CLOCK },
  },
  {
    files: ['lib/model/*/**/*.ts'],
    rules: imports(room('^[^.]', 'lib/model imports nothing'), room('^\\.\\./\\.\\./', 'lib/model imports nothing outside itself')),
  },
  { files: ['lambda/**/*.ts'], rules: imports(AWS_CDK, CONSTRUCTS, REHEARSAL) },
  { files: ['lambda/core/**/*.ts'], rules: { ...imports(AWS_CDK, AWS_SDK, CONSTRUCTS, REHEARSAL, NODE_IO, ADAPTERS), ...NO_CLOCK } },
  { files: ['lambda/synth/**/*.ts'], rules: imports(AWS_CDK, AWS_SDK, CONSTRUCTS, REHEARSAL, NODE_IO, ADAPTERS) },
  { files: ['rehearsal/**/*.ts'], rules: imports(AWS_CDK, CONSTRUCTS, LAMBDA) },
  { files: ['rehearsal/engine/**/*.ts'], rules: { ...imports(AWS_CDK, AWS_SDK, CONSTRUCTS, LAMBDA, NODE_IO, SHELL), ...NO_CLOCK } },
  { files: ['test/**/*.ts'], ignores: ['test/support/properties.ts'], rules: imports(RANDOM_SEED) },
  { files: ['bench/**/*.mjs', 'scripts/**/*.mjs', 'examples/**/*.{ts,mjs,js}', 'rehearsal/greenlight.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.cjs', 'rehearsal/sandbox/preload/**'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
