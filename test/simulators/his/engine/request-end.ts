/** The error was already reported to the client; nothing more of the batch runs. */
export class BatchAborted extends Error {}

/** The client sent ATTENTION, or is gone. */
export class RequestCancelled extends Error {}
