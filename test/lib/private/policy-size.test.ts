import { policyCharacters } from '../../../lib/private/policy-size';

test.each<[unknown, number]>([
  [{ Effect: 'Allow', Action: ['a', 'b'] }, '{"Effect":"Allow","Action":["a","b"]}'.length],
  [{ Action: 'a' }, '{"Action":"a"}'.length],
  [{ Resource: { Ref: 'AWS::Partition' }, Sid: '' }, '{"Resource":"aws-us-gov","Sid":""}'.length],
  [{ Resource: { Ref: 'AWS::Region' }, Sid: '' }, '{"Resource":"ap-southeast-2","Sid":""}'.length],
  [{ Resource: { Ref: 'AWS::AccountId' }, Sid: '' }, '{"Resource":"123456789012","Sid":""}'.length],
  [{ Resource: { Ref: 'Role' }, Sid: '' }, '{"Resource":"","Sid":""}'.length + 100],
  [{ Resource: [{ 'Fn::GetAtt': ['Role', 'Arn'] }], Sid: '' }, '{"Resource":[""],"Sid":""}'.length + 100],
  [{ Resource: { 'Fn::Join': [':', ['arn', { Ref: 'AWS::AccountId' }, { 'Fn::GetAtt': ['A', 'Name'] }]] }, Sid: '' }, '{"Resource":"arn:123456789012:","Sid":""}'.length + 100],
  [{}, 2],
  [{ Condition: null }, '{"Condition":null}'.length],
])('%j has %i characters', (document, characters) => {
  expect(policyCharacters(document)).toBe(characters);
});
