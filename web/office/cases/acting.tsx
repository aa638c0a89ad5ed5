import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { actionId, addressOf, type Problem, post } from "../../shared/api.ts";
import { useLang, words } from "../../shared/lang.tsx";
import { remember } from "../../shared/papers.ts";
import { useForget } from "../../shared/query.tsx";
import type { Answers, Offer } from "../../shared/types.ts";
import { ActBar } from "../parts/act-bar.tsx";
import { ActForm, type Amended } from "../parts/act-form.tsx";
import { can, useOfficer } from "../parts/me.tsx";
import { useSay } from "../parts/said.tsx";
import type { DeskCase } from "../types.ts";

const w = words({
  done: { zh: "已办：{what}", en: "Done: {what}" },
  nothing: { zh: "这件事现在没有轮到您办的。", en: "Nothing here is yours to do now." },
  objection: { zh: "先处理上面的公示异议。", en: "First decide the objection above." },
  ended: { zh: "已办结。", en: "This case has ended." },
});

/** Actions at the foot of a case: each with its form; those not offered are grey and say why. */
export function Acting({ page }: { readonly page: DeskCase }): ReactNode {
  const { t } = useLang();
  const [chosen, setChosen] = useState<Offer>();
  const me = useOfficer();
  const mayDecide =
    can(me, "notice.decide") && page.notice?.objections.some(({ finding }) => finding === null);
  return (
    <ActBar
      may={page.may}
      idle={t(page.case.state === "ended" ? w.ended : mayDecide ? w.objection : w.nothing)}
      onChoose={setChosen}
    >
      {chosen && <ActOnCase page={page} offer={chosen} onClose={() => setChosen(undefined)} />}
    </ActBar>
  );
}

/** The form of one action; the same id is sent again after a broken connection. */
function ActOnCase(props: {
  readonly page: DeskCase;
  readonly offer: Offer;
  readonly onClose: () => void;
}): ReactNode {
  const { page, offer, onClose } = props;
  const { t } = useLang();
  const say = useSay();
  const client = useQueryClient();
  const forget = useForget();
  const [id] = useState(actionId);
  const { id: caseId } = page.case;
  for (const paper of page.case.files) remember({ ...paper, fileName: paper.fileName ?? "" });
  const act = useMutation<DeskCase, Problem, Answers>({
    mutationFn: (answers) => post("/cases/:id/actions", { id: caseId }, { id, name: offer.name, answers }),
    onSuccess: (after) => {
      client.setQueryData([addressOf("/cases/:id", { id: caseId })], after);
      void forget("/api/inbox", "/api/cases?", "/api/notices", "/api/grants", "/api/funds");
      say(t(w.done, { what: t(offer.title) }));
      onClose();
    },
  });
  return (
    <ActForm
      offer={offer}
      subject={`${page.case.applicantName} · ${page.case.number}`}
      caseId={caseId}
      busy={act.isPending}
      error={act.error}
      first={offer.answers ?? standing(page, offer)}
      {...(offer.answers && { amends: amendedOf(page) })}
      onClose={onClose}
      onAct={(answers) => act.mutate(answers)}
    />
  );
}

/** What an amendment is about: why the case came to this step, and the service whose papers may be handed in. */
function amendedOf({ case: it, timeline }: DeskCase): Amended {
  const came = timeline.findLast(({ toStep, fromStep }) => toStep === it.step && fromStep !== toStep);
  return { service: it.service, why: came?.note ?? undefined };
}

/** What the case already establishes for an amount the action asks for: what was proposed, or else wished for. */
function standing(page: DeskCase, offer: Offer): Answers {
  const said = { ...page.case.answers, ...page.case.facts };
  const amounts = offer.fields.filter(({ key, kind }) => kind === "money" && typeof said[key] === "number");
  return Object.fromEntries(amounts.map(({ key }) => [key, said[key]]));
}
