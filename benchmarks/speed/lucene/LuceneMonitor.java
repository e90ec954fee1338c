import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/** lucene-monitor over the benchmark's rules and articles: RULES ARTICLES HITS WARM, the first WARM articles for warming up only. Prints registration seconds, articles per second, articles per CPU second, heap bytes. */
public class LuceneMonitor {
    private static Query read(String[] at, int[] next) {
        String kind = at[next[0]++];
        switch (kind) {
            case "term": return new TermQuery(new Term("text", at[next[0]++]));
            case "prefix": return new PrefixQuery(new Term("text", at[next[0]++]));
            case "phrase": return new PhraseQuery("text", at[next[0]++], at[next[0]++]);
            case "near": case "onear": {
                int distance = Integer.parseInt(at[next[0]++]);
                IntervalsSource left = Intervals.term(at[next[0]++]), right = Intervals.term(at[next[0]++]);
                IntervalsSource both = kind.equals("near") ? Intervals.unordered(left, right) : Intervals.ordered(left, right);
                return new IntervalQuery("text", Intervals.maxgaps(distance, both));
            }
            default: {
                int parts = Integer.parseInt(at[next[0]++]);
                BooleanQuery.Builder made = new BooleanQuery.Builder();
                for (int part = 0; part < parts; part++) {
                    Occur occur = kind.equals("or") ? Occur.SHOULD : kind.equals("andnot") && part == parts - 1 ? Occur.MUST_NOT : Occur.MUST;
                    made.add(read(at, next), occur);
                }
                return made.build();
            }
        }
    }

    public static void main(String[] paths) throws Exception {
        Analyzer analyzer = new Analyzer() {
            @Override protected TokenStreamComponents createComponents(String field) {
                Tokenizer words = new PatternTokenizer(java.util.regex.Pattern.compile("\\w+", java.util.regex.Pattern.UNICODE_CHARACTER_CLASS), 0);
                TokenStream folded = new ASCIIFoldingFilter(new LowerCaseFilter(words));
                return new TokenStreamComponents(words, folded);
            }
        };
        List<String> rules = Files.readAllLines(Path.of(paths[0]), StandardCharsets.UTF_8);
        List<String> articles = Files.readAllLines(Path.of(paths[1]), StandardCharsets.UTF_8);
        System.gc();
        long before = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        long started = System.nanoTime();
        Monitor monitor = new Monitor(analyzer, new TermFilteredPresearcher(), new MonitorConfiguration());
        List<MonitorQuery> batch = new ArrayList<>();
        for (int number = 0; number < rules.size(); number++) {
            batch.add(new MonitorQuery(Integer.toString(number), read(rules.get(number).split(" "), new int[] {0})));
            if (batch.size() == 5000) { monitor.register(batch); batch.clear(); }
        }
        monitor.register(batch);
        double registered = (System.nanoTime() - started) / 1e9;
        System.gc();
        long held = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory() - before;
        int warm = Integer.parseInt(paths[3]);
        for (String article : articles.subList(0, warm)) match(monitor, article);
        articles = articles.subList(warm, articles.size());
        List<String> lines = new ArrayList<>();
        // The time of this thread alone: what collects garbage and compiles beside it is not counted.
        java.lang.management.ThreadMXBean threads = java.lang.management.ManagementFactory.getThreadMXBean();
        long cpuBefore = threads.getCurrentThreadCpuTime();
        started = System.nanoTime();
        List<List<Integer>> hits = new ArrayList<>();
        for (String article : articles) hits.add(match(monitor, article));
        double seconds = (System.nanoTime() - started) / 1e9;
        double cpuSeconds = (threads.getCurrentThreadCpuTime() - cpuBefore) / 1e9;
        for (List<Integer> found : hits) {
            Collections.sort(found);
            StringBuilder line = new StringBuilder();
            for (int number : found) line.append(number).append(' ');
            lines.add(line.toString().trim());
        }
        Files.write(Path.of(paths[2]), lines, StandardCharsets.UTF_8);
        monitor.close();
        System.out.println(registered + " " + articles.size() / seconds + " " + articles.size() / cpuSeconds + " " + held);
    }

    private static List<Integer> match(Monitor monitor, String article) throws Exception {
        Document document = new Document();
        document.add(new TextField("text", article, Field.Store.NO));
        MatchingQueries<QueryMatch> found = monitor.match(document, QueryMatch.SIMPLE_MATCHER);
        List<Integer> numbers = new ArrayList<>();
        for (QueryMatch one : found.getMatches()) numbers.add(Integer.parseInt(one.getQueryId()));
        return numbers;
    }
}
