import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import { NodeCompiler, type NodeTypstDocument } from "@myriaddreamin/typst-ts-node-compiler";

/** Typesets in a thread of its own: a page takes longer than a request may hold the others up. */

const require = createRequire(import.meta.url);
const compiler = NodeCompiler.create({
  workspace: import.meta.dirname,
  fontArgs: [
    {
      fontPaths: [
        require.resolve("@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf"),
        require.resolve("@expo-google-fonts/noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf"),
        require.resolve("@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf"),
        require.resolve("@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"),
      ],
    },
  ],
});
const template = readFileSync(join(import.meta.dirname, "template.typ"), "utf8");

/** PDF/A, or null where a name has a sign no font here can show (𠮷): the standard forbids what paper bears. */
function archival(document: NodeTypstDocument): Buffer | null {
  try {
    return compiler.pdf(document, { pdfStandard: "a-2b" });
  } catch {
    return null;
  }
}

parentPort?.on("message", ({ id, data }: { id: number; data: string }) => {
  try {
    const compiled = compiler.compile({ mainFileContent: template, inputs: { data } });
    const document = compiled.result;
    if (!document) {
      const error = compiled.takeDiagnostics();
      const words = error ? JSON.stringify(compiler.fetchDiagnostics(error)) : "unknown";
      throw new Error(`a document does not typeset: ${words.slice(0, 2000)}`);
    }
    const pdf = archival(document) ?? compiler.pdf(document);
    compiler.evictCache(10);
    parentPort?.postMessage({ id, pdf: new Uint8Array(pdf) });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
