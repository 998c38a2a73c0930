import { printable } from '@kyc-webhooks/core/engine'

/** Text without what a terminal would obey; line breaks and tabs stay. */
export const visible = (text: string): string =>
  text.replaceAll(/(?![\n\t])\p{Cc}|\p{Bidi_C}/gu, (character) => printable(character))
