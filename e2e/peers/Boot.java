// A node of OpenSearch for tests: nothing but loopback, one shard's worth of everything. Arguments: folder, HTTP port, transport port.

import org.codelibs.opensearch.runner.OpenSearchRunner;

public final class Boot {
  private static final String LOOPBACK = "127.0.0.1";

  public static void main(String[] args) throws InterruptedException {
    OpenSearchRunner.Configs configs =
        OpenSearchRunner.newConfigs().basePath(args[0]).clusterName("peers").numOfNode(1).disableESLogger();
    new OpenSearchRunner()
        .onBuild(
            (number, settings) -> {
              settings.put("http.port", args[1]);
              settings.put("transport.port", args[2]);
              settings.put("network.host", LOOPBACK);
              settings.put("http.bind_host", LOOPBACK);
              settings.put("discovery.type", "single-node");
              settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            })
        .build(configs);
    Thread.currentThread().join();
  }
}
