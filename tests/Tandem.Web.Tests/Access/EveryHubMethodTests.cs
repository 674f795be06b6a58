using System.Reflection;
using System.Text.Json;
using Tandem.Access;
using Tandem.Admin;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Live;

namespace Tandem.Web.Tests.Access;

/// <summary>Every method of the live connection asks the one decision function.</summary>
public sealed class EveryHubMethodTests
{
    private const string Secret = "Kestrel-Loaf-7741";

    /// <summary>Methods that decide nothing, and why.</summary>
    private static readonly Dictionary<string, string> s_undecided = new()
    {
        ["Leave"] = "gives back only what this very connection holds",
        ["Release"] = "deletes only what this very connection added",
    };

    [Fact]
    public async Task HubMethod_EverythingDenied_AsksAndGivesNothing()
    {
        await using var server = await StartAsync();
        var access = new DenyAll();
        server.Tandem.Open(server.Tandem.Database, access);
        using var hub = await HubClient.OpenAsync(server, TandemServer.AdministratorToken);
        var methods = typeof(LiveHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(m => m.GetBaseDefinition() == m).ToList();
        Assert.Contains(methods, m => m.Name == nameof(LiveHub.Register));
        foreach (var method in methods)
        {
            access.Take();
            var answer = await hub.CallAsync(method.Name, "[" + string.Join(',', method.GetParameters().Select(Argument)) + "]");
            Assert.NotNull(answer);
            Assert.False(answer.Value.TryGetProperty("error", out var error), $"{method.Name}: {error}");
            Assert.True(s_undecided.ContainsKey(method.Name) || access.Take().Count > 0, $"{method.Name} asked nobody and answered {answer}");
        }

        // What a page hears after it was refused is nothing, though what it asked for changes.
        await WriteAsync(server, new Write.Update(new RecordKey(1L), Patch.Of("name", Secret + "!"), Guard.None, new WriteContext("Ana")));
        await hub.CallAsync(nameof(LiveHub.Register), $"[{Argument(typeof(LiveHub).GetMethod(nameof(LiveHub.Register))!.GetParameters()[0])}]");
        Assert.DoesNotContain(hub.Heard, m => m.Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(access.Take(), a => a.Action == TableAction.View);
    }

    [Fact]
    public async Task HubConnection_NobodySignedIn_IsToldSoAndClosed()
    {
        await using var server = await StartAsync();
        using var hub = await HubClient.OpenAsync(server, null);
        while (await hub.NextAsync() is not null)
        {
            // Until it is closed.
        }

        Assert.Contains(hub.Heard, m => m.Contains("signedOut", StringComparison.Ordinal));
        Assert.DoesNotContain(hub.Heard, m => m.Contains("products", StringComparison.Ordinal));
    }

    /// <summary>An argument that leads to the record.</summary>
    private static string Argument(ParameterInfo parameter) => parameter switch
    {
        { ParameterType: var type } when type == typeof(RegisterRequest) => """{"cursor":"","add":[{"id":"p1","table":"products","keys":["1"],"fields":["name"],"whole":true,"now":true}],"remove":[]}""",
        { ParameterType: var type } when type == typeof(bool) => "true",
        { ParameterType: var type } when type == typeof(JsonElement) => """{"name":"Mine"}""",
        { Name: "table" } => "\"products\"",
        { Name: "key" } => "\"1\"",
        { Name: "field" } => "\"name\"",
        { ParameterType: var type } when type == typeof(string) => "\"one\"",
        _ => throw new InvalidOperationException($"The test knows no argument for {parameter}. Give it one."),
    };

    private static async Task<TandemServer> StartAsync()
    {
        var server = await TandemServer.StartAsync(Shop.Create(), map: app => app.MapTandemPages());
        await WriteAsync(server, new Write.Insert(new Patch([new("name", Secret), new("price", 1m)]), new WriteContext("Ana")));
        return server;
    }

    private static async Task WriteAsync(TandemServer server, Write write) => Assert.IsType<WriteResult.Written>(await server.Tandem.Database.Find("products")!.WriteAsync(write, Http.Cancelled));
}
