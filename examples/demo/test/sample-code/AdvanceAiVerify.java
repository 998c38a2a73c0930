import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The verification of ADVANCE.AI's webhook page, step 4: Base64(HMAC_SHA256(Base64.decode(secret), rawRequestBody)), over a
 * body that is a string, as in the page's Java example.
 *
 * Reads a line for each delivery: body (Base64), secret, signature, parted by tabs. Writes true or false for each.
 */
class AdvanceAiVerify {
  static boolean verify(String requestBody, String secretKey, String signatureHeader) throws Exception {
    SecretKeySpec key = new SecretKeySpec(Base64.getDecoder().decode(secretKey), "HmacSHA256");
    Mac mac = Mac.getInstance(key.getAlgorithm());
    mac.init(key);
    byte[] digest = mac.doFinal(requestBody.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(digest).equals(signatureHeader);
  }

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] parts = line.split("\t", -1);
      String body = new String(Base64.getDecoder().decode(parts[0]), StandardCharsets.UTF_8);
      System.out.println(verify(body, parts[1], parts[2]));
    }
  }
}
