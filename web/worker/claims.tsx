import { type ReactNode, useState } from "react";
import { addressOf, post } from "../shared/api.ts";
import { day } from "../shared/format.ts";
import { useLang, words } from "../shared/lang.tsx";
import { useAnswer, useForget } from "../shared/query.tsx";
import type { List } from "../shared/types.ts";
import { Button, Failed } from "../shared/ui.tsx";

const w = words({
  title: { zh: "两家工会都登记了您", en: "Two unions name you a member" },
  why: {
    zh: "一个人只能有一个会员关系。劳务派遣的，可以参加派遣单位的工会，也可以参加用工单位的工会，由您选择（《劳动合同法》第六十四条）。",
    en: "One person has one membership. A dispatched worker may join the union of the agency or that of the user unit, as you choose (Labour Contract Law, Article 64).",
  },
  until: {
    zh: "{on} 前不选，由两家工会的共同上级来问您；在那之前您仍是{unit}的会员。",
    en: "If you do not choose by {on}, the union above both will ask you; until then you stay in {unit}.",
  },
  stay: { zh: "留在{unit}", en: "Stay in {unit}" },
  move: { zh: "转到{unit}", en: "Go to {unit}" },
});

interface Claim {
  readonly id: string;
  readonly holding: { readonly id: string; readonly name: string };
  readonly claiming: { readonly id: string; readonly name: string };
  readonly dueOn: string | null;
}

/** The choice of a dispatched worker whom two unions name; nothing for everybody else. */
export function Claims(): ReactNode {
  const claims = useAnswer<List<Claim>>(addressOf("/me/claims"), { staleTime: 60_000 });
  return claims.data?.items.map((claim) => <Choice key={claim.id} claim={claim} />) ?? null;
}

function Choice({ claim }: { readonly claim: Claim }): ReactNode {
  const { t, lang } = useLang();
  const forget = useForget();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(undefined);
  const choose = async (unitId: string): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await post("/me/claims/:id", { id: claim.id }, { unitId });
      await forget("/api/me");
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card section" aria-label={t(w.title)}>
      <p className="strong">{t(w.title)}</p>
      <p className="soft">{t(w.why)}</p>
      {claim.dueOn && (
        <p className="soft">{t(w.until, { on: day(claim.dueOn, lang), unit: claim.holding.name })}</p>
      )}
      {problem !== undefined && <Failed error={problem} />}
      <div className="stack" style={{ marginTop: 12 }}>
        {[
          { unit: claim.holding, label: w.stay },
          { unit: claim.claiming, label: w.move },
        ].map(({ unit, label }) => (
          <Button key={unit.id} wide disabled={busy} onClick={() => void choose(unit.id)}>
            {t(label, { unit: unit.name })}
          </Button>
        ))}
      </div>
    </section>
  );
}
