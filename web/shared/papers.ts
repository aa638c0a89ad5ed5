import { upload } from "./api.ts";
import type { Paper } from "./types.ts";

/** Photos are shrunk on the phone before they travel: a side of 1,800 pixels still reads every stamp. */
const sideMax = 1_800;
const quality = 0.82;
/** Smaller photos travel as they are. */
const smallEnough = 400_000;

/** The photo, smaller where that helps; anything that is no photo comes back untouched. */
async function shrink(file: File): Promise<File> {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= smallEnough) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const ratio = Math.min(1, sideMax / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * ratio);
    canvas.height = Math.round(picture.height * ratio);
    const drawing = canvas.getContext("2d");
    if (!drawing) return file;
    drawing.fillStyle = "#fff";
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, "image/jpeg", quality));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    // A picture this browser cannot open may still be one the server can.
    return file;
  }
}

/** Hands in one paper of a kind; answers refer to it by the id that comes back. */
export async function handIn(
  file: File,
  kind: string,
  options: { readonly caseId?: string | undefined; readonly onProgress?: (share: number) => void } = {},
): Promise<Paper> {
  const form = new FormData();
  form.append("kind", kind);
  if (options.caseId) form.append("case", options.caseId);
  const small = await shrink(file);
  form.append("file", small, small.name);
  const paper = await upload<Paper>("/papers", form, options.onProgress);
  remember(paper);
  return paper;
}

const shelf = "zhijia.papers";

/** What is known on this device about papers handed in: name and kind, for drafts taken up again. */
export function remembered(id: string): Paper | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(shelf) ?? "{}") as Record<string, Paper>)[id];
  } catch {
    return undefined;
  }
}

/** Keep what the server says of a paper, for forms that show it by its id. */
export function remember(paper: Paper): void {
  try {
    const all = JSON.parse(sessionStorage.getItem(shelf) ?? "{}") as Record<string, Paper>;
    sessionStorage.setItem(shelf, JSON.stringify({ ...all, [paper.id]: paper }));
  } catch {
    // Without storage the paper is shown without its name.
  }
}
