import type { DailyHandler } from "../../../jobs/index.ts";
import type { Id } from "../../../kernel/ids.ts";
import { tell } from "../../../messages/index.ts";
import { personOf } from "../../../people/store.ts";
import { visitsDue, visitTold } from "./store.ts";

/** How many files one transaction takes. */
const atOnce = 500;

/** Each household on file is visited twice a year; a liaison whose visit is due is reminded once (aid.md §5). */
export const daily: readonly DailyHandler[] = [
  {
    name: "hardship.visits-due",
    order: 30,
    run: async (day, { db, clock }) => {
      for (let taken = atOnce; taken === atOnce; )
        taken = await db.system(async (tx) => {
          const files = await visitsDue(tx, day, atOnce);
          for (const file of files) {
            await visitTold(tx, file, day);
            const inForce = ["active", "reverifying", "exiting"].includes(file.state);
            const liaison =
              inForce && file.liaison_id ? await personOf(tx, file.liaison_id as Id<"person">) : null;
            if (!liaison || !file.next_visit_on) continue;
            await tell(tx, {
              to: [{ person: liaison.id, district: liaison.district }],
              template: "file.visit-due",
              params: { fileNo: file.file_no, visitOn: file.next_visit_on },
              now: clock.now(),
              case: file.case_id as Id<"case">,
              link: `/o/cases/${file.case_id}`,
            });
          }
          return files.length;
        });
    },
  },
];
