import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Broken, renewAfterUpgrade } from "../shared/broken.tsx";
import { keepFocus } from "../shared/focus.ts";
import { Languages } from "../shared/lang.tsx";
import { Answering, newAnswers } from "../shared/query.tsx";
import { Public } from "./routes.tsx";
import "../shared/theme.css";
import "./public.css";

const answers = newAnswers();

renewAfterUpgrade();

keepFocus();

createRoot(document.getElementById("face") as HTMLElement).render(
  <StrictMode>
    <Languages>
      <Answering client={answers}>
        <Broken>
          <Public />
        </Broken>
      </Answering>
    </Languages>
  </StrictMode>,
);
