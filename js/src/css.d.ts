/** A style sheet: the bundle gathers those of the first script, in the second one they are texts. */
declare module "*.css" {
  const text: string;
  export default text;
}
