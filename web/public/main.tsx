import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Languages } from "../shared/lang.tsx";
import { Answering, newAnswers } from "../shared/query.tsx";
import { Public } from "./routes.tsx";
import "../shared/theme.css";
import "./public.css";

const answers = newAnswers();

createRoot(document.getElementById("face") as HTMLElement).render(
  <StrictMode>
    <Languages>
      <Answering client={answers}>
        <Public />
      </Answering>
    </Languages>
  </StrictMode>,
);
