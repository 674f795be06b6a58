using System.Reflection;
using System.Text.Json;
using Tandem.Admin;
using Tandem.Specification.Servers;
using Tandem.Web.Live;
using Tandem.Web.Tests.Access;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>Random calls on the live connection. TANDEM_FUZZ_SEED and TANDEM_FUZZ_REQUESTS choose the seed and how many.</summary>
public sealed class HubFuzzTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] s_tables = ["products", "orders", "words", "totals", "tandem_users"];
    private static readonly string[] s_keys = ["1", "A1,1", "a", "999", "%25"];
    private static readonly string[] s_fields = ["name", "price", "note", "picture"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Hub_AnyCall_IsAnsweredOrRefusedWithoutAFault(string store)
    {
        var seed = FuzzSettings.Seed;
        output.WriteLine($"seed {seed}");
        await using var database = await FuzzDatabase.OpenAsync(store, _folder);
        var log = new ListLog();
        await using var server = await TandemServer.StartAsync(database, map: app => app.MapTandemPages(), log: log);
        var arsenal = new Arsenal(new Random(seed));
        var methods = typeof(LiveHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(m => m.GetBaseDefinition() == m).ToList();
        var hub = await HubClient.OpenAsync(server, TandemServer.AdministratorToken);
        var (answers, closed) = (0, 0);
        List<string> faults = [];
        for (var i = 0; i < FuzzSettings.Requests(600) && faults.Count < 10; i++)
        {
            var method = arsenal.Pick(methods);
            var arguments = "[" + string.Join(',', method.GetParameters().Select(p => Argument(arsenal, p))) + "]";
            if (await hub.CallAsync(method.Name, arguments) is { } answer)
            {
                answers++;
                // A fault of ours is told as an unexpected error; a refusal says what is wrong, and arguments of another kind are the protocol's to refuse.
                var error = answer.TryGetProperty("error", out var told) ? told.GetString()! : "";
                if ((error.Contains("unexpected error", StringComparison.Ordinal) && !error.Contains("HubException: ", StringComparison.Ordinal)) || error.Contains(" at ", StringComparison.Ordinal))
                {
                    faults.Add($"call {i}: {method.Name}{arguments} {error}");
                }
            }
            else
            {
                // What is no JSON at all ends the connection.
                closed++;
                hub.Dispose();
                hub = await HubClient.OpenAsync(server, TandemServer.AdministratorToken);
            }
        }

        hub.Dispose();
        output.WriteLine($"{answers} answers, {closed} connections closed");
        Assert.True(faults.Count == 0, $"With seed {seed}:\n{string.Join("\n", faults)}\n{string.Join('\n', log.Entries.Select(e => e[..Math.Min(e.Length, 1500)]))}");
        Assert.True(answers > closed, "Hardly anything was answered.");
    }

    private static string Argument(Arsenal arsenal, ParameterInfo parameter) => arsenal.Chance(0.06) ? arsenal.Json() : parameter switch
    {
        { ParameterType: var type } when type == typeof(RegisterRequest) => Register(arsenal),
        { ParameterType: var type } when type == typeof(bool) => arsenal.Pick<string>(["true", "false"]),
        { ParameterType: var type } when type == typeof(JsonElement) => arsenal.Chance(0.5) ? $$"""{"{{arsenal.Pick(s_fields)}}":{{arsenal.Json()}}}""" : arsenal.Json(),
        { Name: "table" } => Text(arsenal, s_tables),
        { Name: "key" } => Text(arsenal, s_keys),
        { Name: "field" } => Text(arsenal, s_fields),
        _ => Text(arsenal, ["one", "two"]),
    };

    private static string Register(Arsenal arsenal)
    {
        var parts = Enumerable.Range(0, arsenal.Upto(arsenal.Chance(0.02) ? 300 : 4)).Select(_ => "{" + string.Join(',',
            $"\"id\":{Text(arsenal, ["a", "b"])}",
            $"\"table\":{Text(arsenal, s_tables)}",
            $"\"keys\":{(arsenal.Chance(0.2) ? "null" : $"[{Text(arsenal, s_keys)},{Text(arsenal, s_keys)}]")}",
            $"\"fields\":{(arsenal.Chance(0.4) ? "null" : $"[{Text(arsenal, s_fields)}]")}",
            $"\"whole\":{arsenal.Pick<string>(["true", "false"])}",
            $"\"search\":{(arsenal.Chance(0.5) ? "null" : Arsenal.Quote("?" + arsenal.Text()))}",
            $"\"query\":{(arsenal.Chance(0.5) ? "null" : Arsenal.Quote(new Filters(arsenal).Filter(s_fields)))}",
            $"\"now\":{arsenal.Pick<string>(["true", "false"])}") + "}");
        return $$"""{"cursor":{{Text(arsenal, ["", "0", "12"])}},"add":[{{string.Join(',', parts)}}],"remove":{{(arsenal.Chance(0.3) ? "null" : $"[{Text(arsenal, ["a"])}]")}}}""";
    }

    private static string Text(Arsenal arsenal, IReadOnlyList<string> right) => arsenal.Chance(0.25) ? Arsenal.Quote(arsenal.Text()) : Arsenal.Quote(arsenal.Pick(right));
}
