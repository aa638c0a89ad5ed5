import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { keepCsrf, whenSignedOut } from "../shared/api.ts";
import { Broken, renewAfterUpgrade } from "../shared/broken.tsx";
import { keepFocus } from "../shared/focus.ts";
import { Languages } from "../shared/lang.tsx";
import { Answering, meAddress, newAnswers } from "../shared/query.tsx";
import { go } from "../shared/router.tsx";
import { forgetSeen, keepOffline } from "./offline.ts";
import { Worker } from "./routes.tsx";
import { to } from "./to.ts";
import "../shared/theme.css";

const answers = newAnswers();

whenSignedOut(() => {
  keepCsrf(null);
  forgetSeen();
  answers.setQueryData([meAddress], null);
  if (location.pathname !== to.signIn) {
    go(`${to.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`, { replace: true });
  }
});

renewAfterUpgrade();

keepFocus();

createRoot(document.getElementById("face") as HTMLElement).render(
  <StrictMode>
    <Languages>
      <Answering client={answers}>
        <Broken>
          <Worker />
        </Broken>
      </Answering>
    </Languages>
  </StrictMode>,
);

keepOffline();
