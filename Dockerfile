# fsnn in a container: the Debian packages of this tree, built in one stage and installed in the next.
#
#   docker build -t fsnn .
#   docker run --rm -v "$PWD:/work" fsnn train NET.yaml --out runs/a
#
# tests/long/container.sh runs the RUN lines in clean chroots.
FROM debian:12-slim AS build
WORKDIR /src
COPY . .
RUN tools/install-deps.sh --packages
RUN tools/deb.sh /debs && rm -f /debs/*-dbgsym_*

FROM debian:12-slim
COPY --from=build /debs /debs
RUN apt-get update && \
    apt-get install -y --no-install-recommends /debs/libfsnn[0-9]*.deb /debs/fsnn_*.deb /debs/fsnn-mpi_*.deb \
        /debs/python3-fsnn_*.deb gnuplot-nox fonts-dejavu-core libsndfile1 && \
    rm -rf /debs /var/lib/apt/lists/*
WORKDIR /work
ENTRYPOINT ["fsnn"]
