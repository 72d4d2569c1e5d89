// GitHub's own evaluator of expressions: a line of JSON in, {expression, contexts}; a line out, {value} or {error}.
import { createInterface } from "node:readline";
import { Evaluator, Lexer, Parser, data, wellKnownFunctions } from "@actions/expressions";

const json = (value) => wellKnownFunctions.tojson.call(value).value;
const kinds = Object.fromEntries(Object.entries(data.Kind).map(([name, kind]) => [kind, name]));

for await (const line of createInterface({ input: process.stdin })) {
  const { expression, contexts } = JSON.parse(line);
  let told;
  try {
    const held = wellKnownFunctions.fromjson.call(new data.StringData(JSON.stringify(contexts)));
    const parsed = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []).parse();
    const value = new Evaluator(parsed, held).evaluate();
    told = { value: json(value), text: value.coerceString(), kind: kinds[value.kind] };
  } catch (error) {
    told = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
