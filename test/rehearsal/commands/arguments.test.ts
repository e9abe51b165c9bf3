import { parseArguments } from '../../../rehearsal/commands/arguments';

const parse = (line: string): ReturnType<typeof parseArguments> => parseArguments(line.split(' ').filter((word) => word !== ''), '1.2.3');

function optionsOf(line: string): object {
  const result = parse(line);
  return 'options' in result ? result.options : {};
}

describe('rehearse', () => {
  test('needs nothing', () => {
    expect(parse('rehearse')).toEqual({ command: 'rehearse', options: { port: 0, allowHosts: [], color: true } });
  });

  test('takes everything', () => {
    expect(
      parse(
        'rehearse EcsWeb/Web --app build/cdk.out --scenario broken.yaml --blue http://localhost:3000/ --green https://green.test/base --seed 7 ' +
          '--realtime 60 --port 4599 --allow-host API.example.com --allow-host localhost --json report.json --no-color',
      ),
    ).toEqual({
      command: 'rehearse',
      options: {
        rollout: 'EcsWeb/Web',
        app: 'build/cdk.out',
        scenario: 'broken.yaml',
        upstreams: { blue: 'http://localhost:3000', green: 'https://green.test/base' },
        seed: 7,
        realtimeFactor: 60,
        port: 4599,
        allowHosts: ['api.example.com', 'localhost'],
        json: 'report.json',
        color: false,
      },
    });
  });

  test('its help says each default once, in words', () => {
    const { text } = parse('rehearse --help') as { text: string };
    expect(text).not.toContain('preset');
    expect(text.replace(/\s+/g, ' ')).toContain('port of the local endpoints (default: a free one)');
  });

  test.each<[string, object]>([
    ['--json -', { json: '-' }],
    ['--realtime', { realtimeFactor: 1 }],
    ['--realtime 0.5', { realtimeFactor: 0.5 }],
    ['--seed 0', { seed: 0 }],
    ['--run-scripts', { runScripts: true }],
    ['--blue build/old --green ./new', { folders: { blue: 'build/old', green: './new' } }],
    ['--port 65535', { port: 65535 }],
  ])('%s', (line, options) => {
    expect(optionsOf(`rehearse ${line}`)).toMatchObject(options);
  });

  test.each([
    ['--seed -1', `'--seed' must be a whole number from 0 to 9007199254740991, got "-1"`],
    ['--seed 1.5', `'--seed' must be a whole number from 0 to 9007199254740991, got "1.5"`],
    ['--seed 99999999999999999999', `'--seed' must be a whole number from 0 to 9007199254740991, got "99999999999999999999"`],
    ['--port 65536', `'--port' must be a port from 1 to 65535, or 0 for a free one, got "65536"`],
    ['--port http', `'--port' must be a port from 1 to 65535, or 0 for a free one, got "http"`],
    ['--realtime 0', `'--realtime' must be a number from 0.01 to 1000000, got "0"; name the rollout before the options where it was meant`],
    ['--realtime EcsWeb/Web', `'--realtime' must be a number from 0.01 to 1000000, got "EcsWeb/Web"; name the rollout before the options where it was meant`],
    ['--blue http://a', '--blue needs --green, since traffic moves from one version to the other; give both, or neither for the built-in service'],
    ['--green http://a', '--green needs --blue, since traffic moves from one version to the other; give both, or neither for the built-in service'],
    ['--blue build/old --green http://a', '--blue and --green must be two URLs or two folders, got build/old and http://a'],
    ['--blue localhost:3000 --green http://a', `'--blue' must be a base URL such as http://localhost:3000, without query and credentials, got "localhost:3000"`],
    ['--blue http://a --green http://u:p@b', `'--green' must be a base URL such as http://localhost:3000, without query and credentials, got "http://u:p@b"`],
    ['--allow-host http://a', `'--allow-host' must be a host name such as api.example.com, without scheme, port and path, got "http://a"`],
    ['--scenaro x', "unknown option '--scenaro'; did you mean --scenario?"],
    ['--junit x', "unknown option '--junit'; run 'greenlight rehearse --help' to see what there is"],
    ['a b', "too many arguments for 'rehearse', expected 1 argument but got 2; run 'greenlight rehearse --help' to see what there is"],
    ['--scenario', "option '--scenario <FILE>' argument missing; run 'greenlight rehearse --help' to see what there is"],
    ['--app=', "'--app' must not be empty"],
  ])('fails when it is given %s', (line, message) => {
    expect(() => parse(`rehearse ${line}`)).toThrow(new Error(message));
  });
});

describe('serve', () => {
  test('takes an app and a port', () => {
    expect(parse('serve --app build/cdk.out --port 4599')).toMatchObject({ command: 'serve', options: { app: 'build/cdk.out', port: 4599, color: true } });
  });

  test('fails when it is given an option of rehearse', () => {
    expect(() => parse('serve --seed 1')).toThrow("unknown option '--seed'; run 'greenlight serve --help' to see what there is");
  });
});

describe('greenlight', () => {
  test('fails when the command is misspelt', () => {
    expect(() => parse('rehears')).toThrow("unknown command 'rehears'; did you mean rehearse?");
  });

  test('shows help as an error where no command is named', () => {
    expect(parse('')).toMatchObject({ command: 'help', exitStatus: 2, text: expect.stringContaining('Usage: greenlight [options] [command]') });
  });

  test.each(['--help', '-h', 'help'])('%s shows the commands', (line) => {
    expect(parse(line)).toMatchObject({ command: 'help', exitStatus: 0, text: expect.stringMatching(/rehearse \[options\] \[ROLLOUT\][^]*serve \[options\]/) });
  });

  test('help of rehearse names every option, the exit statuses and an example', () => {
    const { text } = parse('rehearse --help') as { text: string };
    const options = ['--app <DIR>', '--scenario <FILE>', '--blue <URL|DIR>', '--green <URL|DIR>', '--seed <N>', '--realtime [FACTOR]', '--port <N>', '--allow-host <HOST>', '--run-scripts', '--json <FILE>', '--no-color'];
    options.forEach((option) => expect(text).toContain(option));
    expect(text).toContain('$ greenlight rehearse EcsWeb/Web --scenario examples/ecs-web/broken.yaml');
    expect(text).toContain('0 released        1 stopped, failed or rolled back');
  });

  test('shows its version', () => {
    expect(parse('--version')).toEqual({ command: 'version', text: '1.2.3\n', exitStatus: 0 });
  });
});
