# syntax=docker/dockerfile:1

# Builds the program; the image holds none of the tools for it.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
COPY scripts/ scripts/
COPY schema/ schema/
COPY src/ src/
RUN npm ci --ignore-scripts && npm run build && npm run sbom

# The packages that the program runs with.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production \
    GATEWAY_CONFIG=/etc/gateway/gateway.yaml \
    GATEWAY_HOST=0.0.0.0 \
    PORT=4000
COPY --from=packages /app/node_modules/ node_modules/
COPY --from=build /build/dist/ dist/
COPY package.json LICENSE ./
COPY schema/ schema/
COPY deploy/health.mjs health.mjs
# The program writes no files, so the root file system may be read-only.
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "/app/health.mjs"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["serve"]
