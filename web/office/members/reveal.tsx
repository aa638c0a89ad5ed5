import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Problem, post } from "../../shared/api.ts";
import { Icon } from "../../shared/icons.tsx";
import { useLang, words } from "../../shared/lang.tsx";
import { useForget } from "../../shared/query.tsx";
import { Button, Failed, Note } from "../../shared/ui.tsx";
import { Dialog } from "../parts/dialog.tsx";

const w = words({
  button: { zh: "查看完整信息", en: "See full numbers" },
  fields: { zh: "要看哪几项", en: "Which ones" },
  purpose: { zh: "用途", en: "What for" },
  purposeHelp: {
    zh: "写清楚为什么看。本人能看到是谁、什么时候、为什么看的。",
    en: "Say why. The person can read who looked, when and why.",
  },
  show: { zh: "查看", en: "Show" },
  logged: { zh: "这次查看已记录。", en: "This look is written down." },
  nothing: { zh: "没有登记", en: "not recorded" },
  idNumber: { zh: "证件号码", en: "ID number" },
  phone: { zh: "手机号码", en: "Phone" },
  bankCard: { zh: "银行卡号", en: "Bank card" },
  address: { zh: "住址", en: "Address" },
});

const fields = ["idNumber", "phone", "bankCard", "address"] as const;

/** Full numbers, for a purpose that is kept and that the person can read. Gone when the window closes. */
export function Reveal({ personId }: { readonly personId: string }): ReactNode {
  const { t } = useLang();
  const forget = useForget();
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>(["phone"]);
  const [purpose, setPurpose] = useState("");
  const reveal = useMutation<{ readonly values: Readonly<Record<string, string | null>> }, Problem>({
    mutationFn: () =>
      post("/members/:id/reveal", { id: personId }, { fields: chosen, purpose: purpose.trim() }),
    onSuccess: () => void forget(`/api/members/${personId}`, "/api/audit"),
  });
  const close = (): void => {
    setOpen(false);
    setPurpose("");
    reveal.reset();
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="eye" />
        {t(w.button)}
      </button>
      {open && (
        <Dialog title={t(w.button)} onClose={close}>
          {reveal.data ? (
            <>
              <dl className="facts wide" style={{ fontSize: "1rem" }}>
                {Object.entries(reveal.data.values).map(([key, value]) => (
                  <div key={key} style={{ display: "contents" }}>
                    <dt>{key in w ? t(w[key as keyof typeof w]) : key}</dt>
                    <dd className="number">{value ?? t(w.nothing)}</dd>
                  </div>
                ))}
              </dl>
              <p style={{ marginTop: 14 }}>
                <Note>{t(w.logged)}</Note>
              </p>
            </>
          ) : (
            <form
              className="form"
              noValidate
              onSubmit={(event) => {
                event.preventDefault();
                reveal.mutate();
              }}
            >
              {reveal.error && <Failed error={reveal.error} />}
              <fieldset className="field">
                <legend>{t(w.fields)}</legend>
                <div className="choices">
                  {fields.map((one) => (
                    <label className="choice" key={one}>
                      <input
                        type="checkbox"
                        checked={chosen.includes(one)}
                        onChange={(event) =>
                          setChosen(
                            event.target.checked ? [...chosen, one] : chosen.filter((other) => other !== one),
                          )
                        }
                      />
                      {t(w[one])}
                    </label>
                  ))}
                </div>
              </fieldset>
              <div className="field">
                <label htmlFor="purpose">{t(w.purpose)}</label>
                <p className="help" id="purpose-help">
                  {t(w.purposeHelp)}
                </p>
                <input
                  id="purpose"
                  className="input"
                  aria-describedby="purpose-help"
                  maxLength={200}
                  value={purpose}
                  onChange={(event) => setPurpose(event.target.value)}
                />
              </div>
              <div className="buttons">
                <Button
                  kind="primary"
                  type="submit"
                  busy={reveal.isPending}
                  disabled={chosen.length === 0 || purpose.trim().length < 4}
                >
                  {t(w.show)}
                </Button>
              </div>
            </form>
          )}
        </Dialog>
      )}
    </>
  );
}
