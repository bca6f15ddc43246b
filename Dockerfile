# Not built where it was written: no container engine was at hand. It takes the same steps as eng/compile-server.sh.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/LabelServer -c Release -p:Native=true -o /app

# Ubuntu 24.04 has the C++ runtime that libtorch needs.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
WORKDIR /labelserver
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=build /app bin
COPY apps apps
COPY models models
ENV LABELSERVER_ROOT=/labelserver
VOLUME /studies
EXPOSE 8000
# Inside a container the loopback address is not reachable from outside: publish the port to the host's loopback only, docker run -p 127.0.0.1:8000:8000.
ENTRYPOINT ["bin/labelserver"]
# With keys in the studies (labelserver keys add NAME --studies /studies) a log-in is asked for; --insecure only lets the container start without one.
CMD ["start_server", "--app", "apps/monaibundle", "--studies", "/studies", "--host", "0.0.0.0", "--insecure", "--allowed-hosts", "localhost"]
