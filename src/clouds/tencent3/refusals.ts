import { CloudRefusal } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";

/** Ends a call with an error of API 3.0. The HTTP status is always 200. */
export const refused = (code: string, message: string): CloudRefusal =>
  new CloudRefusal(refusal(200, code, message));

/** The error that the list actions document for any invalid parameter. */
export const invalid = (message: string): CloudRefusal =>
  refused("InvalidParameter.InvalidParameter", message);

/** The answer for an instance that is not, or no longer, in the region. */
export const noInstance = (id: string): CloudRefusal =>
  refused("ResourceNotFound.InstanceNotExists", `Instance \`${id}\` does not exist.`);
