/** Express 4 under an alias; its types are close enough to those of 5 for what the tests use. */
declare module 'express4' {
  export { default } from 'express'
}
