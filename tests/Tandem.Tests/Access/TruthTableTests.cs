using System.Text.RegularExpressions;
using Tandem.Access;
using Tandem.Activating;
using Tandem.Entities;
using Tandem.Records;
using Tandem.Specification.Access;
using Tandem.Tables;

namespace Tandem.Tests.Access;

/// <summary>The truth table of docs/rights.md, line by line.</summary>
public sealed partial class TruthTableTests
{
    private static readonly User[] s_users =
    [
        new("ann", Role.Member) { Groups = ["sales", "staff"] }, new("tom", Role.Editor) { Groups = ["staff"] }, new("eve", Role.Viewer), new("ada", Role.Administrator),
    ];

    public static TheoryData<string, string, string> Lines
    {
        get
        {
            var lines = File.ReadLines(Path.Combine(Root(), "docs", "rights.md")).SkipWhile(l => l != "| --- | --- | --- |").Skip(1).TakeWhile(l => l.StartsWith('|'));
            return new(lines.Select(l => l.Trim('|').Split(" | ")).Select(c => (c[0].Trim(), c[1].Trim(), c[2].Trim())));
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Rights_LineOfTheTable_AnswersAsItSays(string given, string asks, string answer)
    {
        await using var database = new MemoryDatabase();
        string[] said = given == "–" ? [] : given.Split("; ");
        var activation = said.Contains("is_open makes deals active") ? new Activation("is_open") : null;
        var deals = database.Add(EntitySchema.Of(typeof(Deal), RightsOracle.Table).With([], null, activation));
        await deals.WriteAsync(new Write.Insert(new Patch([new("id", 7L), new("owner", "ann"), new("region", "north"), new("amount", 40L), new("is_open", true)]), new WriteContext("test")), TestContext.Current.CancellationToken);
        await using var book = new GrantBook("tandem_grants");
        book.Replace(said.Where(s => !s.StartsWith("policy", StringComparison.Ordinal) && !s.StartsWith("is_open", StringComparison.Ordinal)).Select(Read));
        var rights = new Rights(false, book, said.Contains("policy owner is the user") ? [new Policy<Deal>(RightsOracle.Table, (user, d) => d.Owner == user.Name)] : []);
        var question = Question().Match(asks);
        Assert.True(question.Success, asks);
        var user = s_users.Single(u => u.Name == question.Groups["user"].Value);
        var table = database.Find(question.Groups["table"].Value)!;
        Assert.True(TableActions.TryParse(question.Groups["action"].Value, out var action));
        var record = question.Groups["key"].Success ? await table.GetAsync(new RecordKey(long.Parse(question.Groups["key"].Value, System.Globalization.CultureInfo.InvariantCulture)), TestContext.Current.CancellationToken) : null;
        var field = question.Groups["field"].Success ? question.Groups["field"].Value : null;

        var decision = rights.Decide(user, table.Schema, action);
        var isAllowed = decision.IsAllowed && (record is null || decision.Allows(record)) && (field is null || decision.Allows(field));
        var explained = rights.Explain(user, table.Schema, action, record, field);

        Assert.Equal(answer == "yes", isAllowed);
        Assert.Equal(isAllowed, explained.IsAllowed);
        Assert.NotEmpty(explained.Reason);
    }

    [Fact]
    public void Grant_AsASentence_ReadsBackTheSame()
    {
        var sentence = "deny group 'sales' to view, change deals where region eq 'north'";

        Assert.Equal(sentence, Read(sentence).ToString());
    }

    private static Grant Read(string sentence)
    {
        var match = Sentence().Match(sentence);
        Assert.True(match.Success, sentence);
        var kind = match.Groups["whom"].Value switch
        {
            "everyone" => SubjectKind.Everyone,
            var whom when whom.StartsWith("user", StringComparison.Ordinal) => SubjectKind.User,
            _ => SubjectKind.Group,
        };
        return new Grant(Guid.NewGuid().ToString(), kind, kind == SubjectKind.Everyone ? null : match.Groups["name"].Value, match.Groups["effect"].Value == "allow",
            [.. match.Groups["actions"].Value.Split(", ").Select(a => TableActions.TryParse(a, out var action) ? action : throw new InvalidOperationException(sentence))])
        {
            Table = match.Groups["table"].Value is { Length: > 0 } table ? table : null,
            Key = match.Groups["key"].Success ? match.Groups["key"].Value : null,
            Filter = match.Groups["filter"].Success ? match.Groups["filter"].Value : null,
            Fields = match.Groups["fields"].Success ? match.Groups["fields"].Value.Split(", ") : null,
        };
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tandem.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository's root was not found.");
        }

        return folder;
    }

    [GeneratedRegex("^(?<effect>allow|deny) (?<whom>everyone|(user|group) '(?<name>[^']+)') to (?<actions>[a-z]+(, [a-z]+)*) (everything|record (?<key>\\S+) of (?<table>\\w+)|(?<table>\\w+) where (?<filter>.+)|(?<fields>\\w+(, \\w+)*) of (?<table>\\w+)|(?<table>\\w+))$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Sentence();

    [GeneratedRegex("^(?<user>\\w+): (?<action>\\w+) ((?<field>\\w+) of )?(?<table>\\w+)( (?<key>\\d+))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Question();
}
