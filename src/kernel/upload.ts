import type { Upload } from "./route.ts";

/** The first file of a request, read whole (the server has bounded its size); undefined when none came. */
export async function firstUpload(
  uploads: AsyncIterable<Upload>,
): Promise<{ readonly fileName: string; readonly content: Buffer } | undefined> {
  for await (const { fileName, content } of uploads) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    return { fileName, content: Buffer.concat(chunks) };
  }
  return undefined;
}
