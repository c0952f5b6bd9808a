import { refusal } from "../verify/request.js";
import { CloudRefusal } from "../vendorCloud.js";

/** Ends a call with an error of Alibaba. Most have HTTP status 400. */
export const refused = (code: string, message: string, status = 400): CloudRefusal =>
  new CloudRefusal(refusal(status, code, message));

/** A parameter that is absent. */
export const missing = (name: string): CloudRefusal =>
  refused(`Missing${name}`, `${name} is mandatory for this action.`);

/** A parameter with an invalid value. */
export const malformed = (name: string): CloudRefusal =>
  refused(`Invalid${name}.Malformed`, `The Specified parameter ${name} is not valid.`);

/** An instance that does not exist, or no longer exists. */
export const noInstance = (): CloudRefusal =>
  refused("InvalidInstanceId.NotFound", "The specified instance id is not found.", 404);

/** A list that does not exist for this kind of instance. The code is in no document. */
export const notForThisKind = (): CloudRefusal =>
  refused("InstanceType.NotSupport", "The instance type does not support this action.");
