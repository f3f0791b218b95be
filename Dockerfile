# One image for every role: `worker --queues deploy`, `gateway`, `login PAIR`, ... What it holds is made by scripts/image.mjs, which
# `npm run test:production` runs without Docker. glibc on purpose: the native part of the Temporal SDK runs on nothing else.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS source
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .

FROM source AS build
RUN node scripts/image.mjs /image

# `docker build --target sandbox`: the stand-ins, which are no part of production.
FROM source AS sandbox
RUN install -d -o 10001 -g 10001 /sandbox
ENV HOME=/tmp
USER 10001:10001
CMD ["node", "--import", "tsx", "sandbox/main.ts"]

FROM ${NODE_IMAGE} AS runtime
# git for documentation, Python for that of Sphinx. Versions are those of the base image's own release.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git python3 python3-venv \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o 10001 -g 10001 -m 0700 /var/lib/switchyard/tokens /var/lib/switchyard/work \
  && chown 10001:10001 /var/lib/switchyard
WORKDIR /app
COPY --from=build /image ./
# /tmp is the only folder that is written to, beside the volumes.
ENV NODE_ENV=production \
  HOME=/tmp \
  SWITCHYARD_LOG=json \
  SWITCHYARD_HOME=/var/lib/switchyard \
  SWITCHYARD_WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js
USER 10001:10001
# Of a worker with SWITCHYARD_HEALTH=/tmp/health.sock: it polls, and Temporal answers.
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=6 \
  CMD ["node", "-e", "require('http').get({ socketPath: '/tmp/health.sock', path: '/readyz' }, (r) => process.exit(r.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["worker"]
