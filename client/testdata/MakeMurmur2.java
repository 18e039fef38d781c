// Prints keys with the partitions that Apache Kafka's own client gives them.
//
//   java -cp kafka-clients-4.3.1.jar:slf4j-api-1.7.36.jar MakeMurmur2.java \
//       > murmur2.tsv
//
// Columns: key in hex, murmur2 as signed number, partition of 7, 12 and 1000.
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;

public class MakeMurmur2 {
  static void print(byte[] key) {
    StringBuilder hex = new StringBuilder();
    for (byte b : key) hex.append(String.format("%02x", b));
    System.out.printf("%s\t%d\t%d\t%d\t%d%n", hex, Utils.murmur2(key),
        BuiltInPartitioner.partitionForKey(key, 7),
        BuiltInPartitioner.partitionForKey(key, 12),
        BuiltInPartitioner.partitionForKey(key, 1000));
  }

  public static void main(String[] args) {
    for (String key : new String[] {"", "a", "ab", "abc", "abcd", "alice",
        "bob", "order-1", "order-2", "Амалия", "鍵"}) {
      print(key.getBytes(StandardCharsets.UTF_8));
    }
    Random random = new Random(42);
    for (int size = 0; size < 64; ++size) {
      for (int i = 0; i < 3; ++i) {
        byte[] key = new byte[size];
        random.nextBytes(key);
        print(key);
      }
    }
  }
}
