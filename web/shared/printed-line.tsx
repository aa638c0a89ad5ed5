import { type ReactNode, useEffect, useRef } from "react";

/** The line at the end of what is printed, said anew at the moment of printing. Not seen on the screen. */
export function PrintedLine({ said }: { readonly said: () => string }): ReactNode {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const write = (): void => {
      if (line.current) line.current.textContent = said();
    };
    write();
    addEventListener("beforeprint", write);
    return () => removeEventListener("beforeprint", write);
  });
  return <p className="print-only printed-by" ref={line} aria-hidden="true" />;
}
