# The action's image: the static binary, git, certificates and busybox's tools, and nothing else.
# The base is pinned by digest; tests build from a local one with --build-arg BASE=….
ARG BASE=docker.io/library/debian:bookworm-slim@sha256:d5d3f9c23164ea16f31852f95bd5959aad1c5e854332fe00f7b3a20fcc9f635c

FROM ${BASE} AS build
WORKDIR /source
COPY tests/support/install.sh tests/support/install.sh
RUN tests/support/install.sh build portable image && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY config config
COPY src src
COPY templates templates
RUN cmake --preset portable && cmake --build --preset portable
COPY .ci .ci
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE_DATE_EPOCH=0
RUN .ci/image_root.sh build/portable /image "$VERSION" "$REVISION"

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="perfwarden" \
      org.opencontainers.image.description="Performance gate for pull requests" \
      org.opencontainers.image.source="https://github.com/perfwarden/perfwarden" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /
ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
# No USER: GitHub's runner mounts its files for root; perfwarden runs benchmarks as the workspace's owner.
ENTRYPOINT ["/usr/local/bin/perfwarden"]
