import { sql } from "kysely";
import type { Bench } from "./figure.ts";
import { listing } from "./listing.ts";

/**
 * The page of one open case of middling length: its whole timeline, papers, notices, money, and what may be done with the
 * reason when not: the same case of one county for both who ask.
 */
export const bench: Bench = (options, say) =>
  listing(
    {
      bench: "case-page",
      as: [
        { who: "county", level: "COUNTY", role: "aid" },
        { who: "province", level: "PROVINCIAL", role: "aid" },
      ],
      path: async (ground) => {
        const { rows } = await ground.owner.systemRead((tx) =>
          sql<{ id: string }>`select c.id from case_file c
            join (select path from unit where level = 'COUNTY' order by path limit 1) u on c.path >= u.path || '.' and c.path < u.path || '/'
            where c.service = 'hardship-file' and c.state = 'open' order by c.seq desc, c.id limit 1`.execute(
            tx,
          ),
        );
        return `/api/cases/${rows[0]!.id}`;
      },
    },
    options,
    say,
  );
