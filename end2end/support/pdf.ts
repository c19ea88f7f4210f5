// Reads the text of PDFs.
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

/** Returns the pieces of text of a PDF that are not blank, in the order in which they are drawn. */
export async function textOf(pdf: Buffer): Promise<string[]> {
  const file = await getDocument({ data: new Uint8Array(pdf), useSystemFonts: false }).promise;
  const pieces: string[] = [];
  for (let number = 1; number <= file.numPages; number++) {
    const { items } = await (await file.getPage(number)).getTextContent();
    for (const item of items) if ("str" in item && item.str.trim() !== "") pieces.push(item.str);
  }
  await file.destroy();
  return pieces;
}
