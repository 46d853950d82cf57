# The action's image: the binary with its shared libraries, git, certificates and busybox's tools, and nothing else.
# The base is pinned by digest; tests build from a local one with --build-arg BASE=….
ARG BASE=docker.io/library/debian:bookworm-slim@sha256:d5d3f9c23164ea16f31852f95bd5959aad1c5e854332fe00f7b3a20fcc9f635c

FROM ${BASE} AS build
WORKDIR /source
COPY tests/support/install.sh tests/support/install.sh
RUN tests/support/install.sh build image && rm -rf /var/lib/apt/lists/*
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY config config
COPY src src
COPY templates templates
RUN cmake --preset portable && cmake --build --preset portable
COPY .ci/image_root.sh .ci/image_root.sh
RUN .ci/image_root.sh build/portable/src/perfwarden /image

FROM scratch
LABEL org.opencontainers.image.title="perfwarden" \
      org.opencontainers.image.description="Performance gate for pull requests" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /
ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
# No USER: GitHub's runner mounts its files for root; perfwarden runs benchmarks as the workspace's owner.
ENTRYPOINT ["/usr/local/bin/perfwarden"]
