import type { LinkRules } from "../kit/links.js";

/**
 * Links of COS, and of the download servers that the 2.0 documents show at addresses of private
 * networks by plain http.
 *
 * Source: https://cloud.tencent.com/document/api/239/34443 and 239/8452, and
 *         https://cloud.tencent.com/document/product/436/6224, read 2026-11-21.
 */
export const tencentLinks = (endpoint: string | null): LinkRules => ({
  publicHosts: [".myqcloud.com", ".tencentcos.cn", ".tencentcos.com"],
  internalHost:
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)\d+(\.\d+)*$|\.cos-internal\.[a-z0-9-]+\.(tencentcos|myqcloud)\.(cn|com)$/,
  upgrade: false,
  endpoint,
});
