// Expectations of what must appear at once, such as a change in an open tab. They wait 5 s, a fraction of the time until
// the next periodic check. Other expectations wait longer, because a busy machine is slow.
import { expect as patient } from "@playwright/test";

export const expect = patient.configure({ timeout: 5_000 });
