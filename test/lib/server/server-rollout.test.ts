import { serverSample } from '../support/server-sample';
test('x', () => {
  const s = serverSample();
  console.log(JSON.stringify(s.group, null, 1), JSON.stringify(s.description, null, 1), JSON.stringify(s.template.toJSON().Resources, null, 0).slice(0, 0), Object.keys(s.template.toJSON().Resources), JSON.stringify(s.template.findResources('AWS::IAM::Policy'), null, 1));
});
