import { sql } from "kysely";
import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/**
 * The page of one open case of middling length: its whole timeline, papers, notices, money, and what may be done with the
 * reason when not.
 */
export const bench: Bench = (options, say) =>
  listing(
    {
      bench: "case-page",
      as: [
        { who: "county", level: "COUNTY", role: "aid" },
        { who: "province", level: "PROVINCIAL", role: "aid" },
      ],
      path: async (ground, { unitPath }) => {
        const { rows } = await ground.owner.systemRead((tx) =>
          sql<{ id: string }>`select id from case_file where service = 'hardship-file' and state = 'open'
            and path >= ${`${unitPath}.`} and path < ${`${unitPath}/`} order by seq desc, id limit 1`.execute(
            tx,
          ),
        );
        return `/api/cases/${rows[0]!.id}`;
      },
    },
    options,
    say,
  );
