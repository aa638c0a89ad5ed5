import type { ReactNode } from "react";
import type { Text } from "../../../src/kernel/words.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { type Column, Listing, RowLink } from "../parts/listing.tsx";
import { usePages } from "../parts/pages.ts";
import { useView } from "../parts/view.ts";

const w = words({
  name: { zh: "姓名", en: "Name" },
  day: { zh: "日期", en: "Day" },
  reason: { zh: "原因", en: "Reason" },
  from: { zh: "原工会", en: "From" },
  unit: { zh: "工会", en: "Union" },
  people: { zh: "{title}：{n} 人", en: "{title}: {n}" },
});

interface Line {
  readonly id: string;
  readonly personId: string;
  readonly name: string;
  readonly onDay: string;
  readonly reason: Text | null;
  readonly unitName: string;
  readonly fromUnitName: string | null;
}

/** The people behind one number of the table of changes. */
export function ChangeList(props: {
  readonly kind: string;
  readonly title: string;
  readonly unit: string;
}): ReactNode {
  const { t } = useLang();
  const [view] = useView();
  const pages = usePages<Line>("/figures/member-change/people", {
    unit: props.unit,
    kind: props.kind,
    from: view.from,
    to: view.to,
  });
  const columns: readonly Column<Line>[] = [
    {
      key: "name",
      head: t(w.name),
      // Who was transferred out is another union's member: named, not opened.
      cell: (one) =>
        props.kind === "transferredOut" ? (
          one.name
        ) : (
          <RowLink to="/members/$id" params={{ id: one.personId }}>
            {one.name}
          </RowLink>
        ),
      text: (one) => one.name,
    },
    {
      key: "day",
      head: t(w.day),
      cell: (one) => <span className="number">{one.onDay}</span>,
      text: (one) => one.onDay,
    },
    {
      key: "reason",
      head: t(w.reason),
      cell: (one) => (one.reason === null ? "" : t(one.reason)),
      text: (one) => (one.reason === null ? "" : t(one.reason)),
    },
    {
      key: "from",
      head: t(w.from),
      off: !props.kind.startsWith("transferred"),
      cell: (one) => one.fromUnitName ?? "",
      text: (one) => one.fromUnitName ?? "",
    },
    { key: "unit", head: t(w.unit), cell: (one) => one.unitName, text: (one) => one.unitName },
  ];
  const label = t(w.people, { title: props.title, n: pages.total ?? 0 });
  return (
    <section className="panel" aria-label={props.title}>
      <h2>{label}</h2>
      <Listing of={pages} columns={columns} name="member-change" label={label} rowKey={(one) => one.id} />
    </section>
  );
}
