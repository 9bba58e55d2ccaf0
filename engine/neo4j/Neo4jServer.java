import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/**
 * A Neo4j server for tests and trials: {@code java Neo4jServer.java HOME SETTINGS PORT}, run from source.
 *
 * <p>Listens on the loopback interface only. The password of the user "neo4j" is the first line of standard input,
 * so that no process list shows it. Prints "ready" once Bolt answers, and shuts down at the end of standard input:
 * when whoever started it closes the pipe, or dies.
 */
class Neo4jServer {

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Path settings = Path.of(arguments[1]);
        SocketAddress address = new SocketAddress("127.0.0.1", Integer.parseInt(arguments[2]));
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String password = input.readLine();

        DatabaseManagementService service = new DatabaseManagementServiceBuilder(home)
                .loadPropertiesFromFile(settings)
                .setConfig(BoltConnector.listen_address, address)
                .setConfig(BoltConnector.advertised_address, address)
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
