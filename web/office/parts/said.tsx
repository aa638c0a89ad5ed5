import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import { Icon } from "../../shared/icons.tsx";

/** Short words that something was done: seen at the foot of the page and read out, gone after six seconds. */

type Say = (sentence: string, kind?: "good" | "bad") => void;

const Saying = createContext<Say>(() => {});

/** Shows one sentence at a time: the next takes the place of the one before. */
export function Sayings({ children }: { readonly children: ReactNode }): ReactNode {
  const [said, setSaid] = useState<{ readonly sentence: string; readonly kind: "good" | "bad" }>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback<Say>((sentence, kind = "good") => {
    clearTimeout(timer.current);
    setSaid({ sentence, kind });
    timer.current = setTimeout(() => setSaid(undefined), 6_000);
  }, []);
  return (
    <Saying value={say}>
      {children}
      <div className="said" role="status">
        {said && (
          <p className={said.kind}>
            <Icon name={said.kind === "good" ? "check" : "stop"} />
            {said.sentence}
          </p>
        )}
      </div>
    </Saying>
  );
}

/** Says a sentence, as good news unless told otherwise. Outside `Sayings` nothing is heard. */
export function useSay(): Say {
  return useContext(Saying);
}
