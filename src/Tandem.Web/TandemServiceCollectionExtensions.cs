using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tandem.Web.Hosting;
using Tandem.Web.Live;
using Tandem.Web.OpenApi;
using Tandem.Web.Parts;
using Tandem.Web.Rest;
using Tandem.Web.Rest.Accounts;
using Tandem.Web.Rest.Access;
using Tandem.Web.Rights;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.OpenId;
using Tandem.Web.Streams;

namespace Tandem.Web;

/// <summary>Registers Tandem.</summary>
public static class TandemServiceCollectionExtensions
{
    /// <summary>Adds a Tandem: its database, sign-in and the services behind its endpoints. May be called again to configure more.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Names at least the database.</param>
    public static TandemBuilder AddTandem(this IServiceCollection services, Action<TandemOptions> configure)
    {
        services.Configure(configure);
        if (services.Any(s => s.ServiceType == typeof(TandemApp)))
        {
            return new TandemBuilder(services);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => new TandemApp(s.GetRequiredService<IOptions<TandemOptions>>(), s.GetRequiredService<ILogger<TandemApp>>()));
        services.AddSingleton<SignInByLink>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<PasswordSignIn>();
        services.AddSingleton<SignInViews>();
        services.AddSingleton<OpenIdProvider>();
        services.AddSingleton<OpenIdAccounts>();
        services.AddSingleton<OpenIdEndpoints>();
        services.AddHostedService<OpenPages>();
        services.AddSingleton(s => new SigningKeys(s.GetRequiredService<IKeyManager>, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BlockingCallWatch>();
        services.AddSingleton<IHostedService, TandemHost>();
        services.AddSingleton<IStartupFilter, EdgeStartupFilter>();
        services.AddSingleton<ApiProblems>();
        services.AddSingleton<ApiRouter>();
        services.AddSingleton<GrantWriter>();
        services.AddSingleton<Explaining>();
        services.AddSingleton<ViewingAs>();
        services.AddSingleton<GrantsApi>();
        services.AddSingleton<ExplainApi>();
        services.AddSingleton<AccessRouter>();
        services.AddSingleton<UsersApi>();
        services.AddSingleton<TokensApi>();
        services.AddSingleton<GroupsApi>();
        services.AddSingleton<AccountsRouter>();
        services.AddSingleton<ChangesApi>();
        services.AddSingleton<HintsApi>();
        services.AddSingleton<OpenApiEndpoint>();
        AddProtection(services);
        TandemSchemes.AddTo(services);
        services.AddAuthorization();
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddScoped<LivePage>();
        services.AddTandemLive();
        return new TandemBuilder(services);
    }

    private static void AddProtection(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("Tandem").DisableAutomaticKeyGeneration();
        services.AddOptions<KeyManagementOptions>().Configure<SigningKeys>((options, keys) => options.XmlRepository = keys);
        // It warns that the key is not encrypted at rest; the database that keeps it is what it protects.
        services.AddLogging(l => l.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));
        services.AddAntiforgery(o => o.Cookie.Name = "tandem-form");
    }
}
