import { CloudRefusal } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";

/** Ends a call with an error of API 3.0, which is always answered with HTTP 200. */
export const refused = (code: string, message: string): CloudRefusal =>
  new CloudRefusal(refusal(200, code, message));

/** The error that the list actions document for whatever is wrong with a parameter. */
export const invalid = (message: string): CloudRefusal =>
  refused("InvalidParameter.InvalidParameter", message);

/** The answer to an instance that is not in the region, or not any more. */
export const noInstance = (id: string): CloudRefusal =>
  refused("ResourceNotFound.InstanceNotExists", `Instance \`${id}\` does not exist.`);
