/**
 * Fields of messages that no page reads or writes: `node unread.mjs` names them, and fails when there is one.
 *
 * A field counts as used where TypeScript finds a reference to it in a page's sources, or where its name stands in a string
 * there, as in a list of columns. So a field that is reached only through `any` is named as well.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = path.dirname(fileURLToPath(import.meta.url));
const configuration = ts.readConfigFile(path.join(here, "jsconfig.json"), ts.sys.readFile).config;
const { fileNames, options } = ts.parseJsonConfigFileContent(configuration, ts.sys, here);
const service = ts.createLanguageService({
  getScriptFileNames: () => fileNames,
  getScriptVersion: () => "1",
  getScriptSnapshot: (file) => (ts.sys.fileExists(file) ? ts.ScriptSnapshot.fromString(ts.sys.readFile(file)) : undefined),
  getCurrentDirectory: () => here,
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
});
const program = service.getProgram();
const declarations = fileNames.filter((file) => file.endsWith("messages.d.ts"));

/** Strings of the pages. */
const strings = new Set();
for (const file of fileNames) if (!declarations.includes(file)) collect(program.getSourceFile(file));

function collect(node) {
  if (ts.isStringLiteral(node)) strings.add(node.text);
  ts.forEachChild(node, collect);
}

const unread = [];
for (const file of declarations) {
  for (const statement of program.getSourceFile(file).statements) {
    if (!ts.isInterfaceDeclaration(statement) || ["Requests", "Traits"].includes(statement.name.text)) continue;
    // What a request must have is written by who sends it: the type check sees to that.
    for (const member of statement.members.filter(ts.isPropertySignature)) {
      const name = member.name.getText();
      if (["type", "id", "finished"].includes(name) || strings.has(name)) continue;
      const found = service.findReferences(file, member.name.getStart()) ?? [];
      const used = found.some(({ references }) => references.some((one) => !declarations.includes(one.fileName)));
      if (!used) unread.push(`${statement.name.text}.${name}`);
    }
  }
}
if (unread.length > 0) {
  console.error(`No page reads or writes ${unread.join(", ")}: take the field out of the message, or use it.`);
  process.exitCode = 1;
}
