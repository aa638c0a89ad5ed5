import type { ReactNode } from "react";
import { useLang, words } from "../../shared/lang.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { Tabs } from "../parts/page-head.tsx";
import "./money.css";

const w = words({
  label: { zh: "资金各页", en: "Pages of money" },
  funds: { zh: "资金", en: "Funds" },
  grants: { zh: "待发放", en: "To be paid" },
  batches: { zh: "发放批次", en: "Batches" },
  books: { zh: "账簿", en: "Books" },
  vouchers: { zh: "凭证", en: "Vouchers" },
});

/**
 * Funds for everybody, batches and books where a power opens them; the books are those of the first union
 * whose ledger one reads.
 */
export function MoneyTabs(): ReactNode {
  const { t } = useLang();
  const me = useOfficer();
  const unit = me.powers.find((one) => one.power === "ledger.read")?.units[0];
  return (
    <Tabs
      label={t(w.label)}
      of={[
        { title: t(w.funds), to: "/money" },
        ...(can(me, "batch.read")
          ? [
              { title: t(w.grants), to: "/money/grants" },
              { title: t(w.batches), to: "/money/batches" },
            ]
          : []),
        ...(unit
          ? [
              { title: t(w.vouchers), to: "/money/vouchers" },
              { title: t(w.books), to: `/money/units/${unit}` },
            ]
          : []),
      ]}
    />
  );
}
