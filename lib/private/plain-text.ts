/** Texts for people in places where AWS takes few characters and short texts only. */

/** The shortest limit of them: a security group's description; a Lambda function's may be one character longer. */
const MAX_LENGTH = 255;

/** What a security group's description may hold; other descriptions may hold more. */
const OTHER_CHARACTERS = /[^A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g;

/** The text as every description takes it: a construct's path may be of any length and hold any character. */
export function plainText(text: string): string {
  const plain = text.replace(OTHER_CHARACTERS, '_');
  return plain.length <= MAX_LENGTH ? plain : `${plain.slice(0, MAX_LENGTH - 3)}...`;
}
