import de.unihd.dbs.heideltime.standalone.*;
import de.unihd.dbs.uima.annotator.heideltime.resources.Language;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
import java.util.Date;

/** HeidelTime without a tagger: lines of "dct TAB base64(text)" in, base64(TimeML) out. Arguments: language, document type, config. */
public class HeidelTimePeer {
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        java.util.logging.LogManager.getLogManager().reset();
        HeidelTimeStandalone tagger = new HeidelTimeStandalone(
            Language.getLanguageFromString(args[0]), DocumentType.valueOf(args[1]), OutputType.TIMEML, args[2], POSTagger.NO);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        SimpleDateFormat format = new SimpleDateFormat("yyyy-MM-dd");
        for (String line; (line = in.readLine()) != null; ) {
            String[] parts = line.split("\t");
            Date dct = format.parse(parts[0]);
            String text = new String(java.util.Base64.getDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            String timeml;
            try { timeml = tagger.process(text, dct); } catch (Exception e) { timeml = ""; }
            out.println(java.util.Base64.getEncoder().encodeToString(timeml.getBytes(StandardCharsets.UTF_8)));
            out.flush();
        }
    }
}
