import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/**
 * A Neo4j server for tests and trials: {@code java Neo4jServer.java HOME PORT}, run from source.
 *
 * <p>Listens on the loopback interface only, with authentication on. The password of the user "neo4j" is the first
 * line of standard input, so that no process list shows it. Prints "ready" once Bolt answers, and shuts down at the
 * end of standard input: when whoever started it closes the pipe, or dies.
 */
class Neo4jServer {

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        String address = "127.0.0.1:" + arguments[1];
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String password = input.readLine();

        DatabaseManagementService service = new DatabaseManagementServiceBuilder(home)
                .setConfigRaw(Map.of(
                        "server.bolt.enabled", "true",
                        "server.bolt.listen_address", address,
                        "server.bolt.advertised_address", address,
                        "dbms.security.auth_enabled", "true",
                        // Statements have a deadline of their own; this ends what a client left behind.
                        "db.transaction.timeout", "120s",
                        "server.memory.pagecache.size", "512m",
                        "dbms.usage_report.enabled", "false"))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));

        service.database("system").executeTransactionally(
                "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED", Map.of("password", password));
        System.out.println("ready");
        while (input.readLine() != null) {
            // Nothing more is expected: only the end matters.
        }
        System.exit(0);
    }
}
