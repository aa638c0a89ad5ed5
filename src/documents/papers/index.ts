/** Papers, as other folders may use them. */
declare module "../../kernel/route.ts" {
  interface FileAnswer {
    /** Shown in place under its name, where its kind allows. false. */
    readonly inline?: boolean;
  }
}

export {
  attachPapers,
  copyPapers,
  type MaySeePaper,
  papersOf,
  storePaper,
} from "./papers.ts";
export { newShelf, type Shelf, ShelfAway, type ShelfName, type ShelfSettings } from "./shelf.ts";
export { rehangPapers } from "./store.ts";
