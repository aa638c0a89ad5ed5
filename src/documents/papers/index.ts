/** Papers, as other folders may use them. */
declare module "../../kernel/route.ts" {
  interface FileAnswer {
    /** Shown in place under its name, where its kind allows. false. */
    readonly inline?: boolean;
  }
}

export {
  attachPapers,
  contentOf,
  type MaySeePaper,
  type PaperLine,
  papersOf,
  readPaper,
  storePaper,
} from "./papers.ts";
export { findPaper, type Paper } from "./store.ts";
