using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace LabelServer.Tests.Doubles;

/// <summary>An identity provider on a free port of this machine: discovery, keys that can be changed, and the password grant.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestProvider(WebApplication app)
    {
        _app = app;
    }

    public string Realm { get; private set; } = string.Empty;

    public RSA Key { get; private set; } = RSA.Create(2048);

    public string KeyId { get; private set; } = "key-1";

    public int KeyRequests { get; private set; }

    public bool IsBroken { get; set; }

    /// <summary>What the log-in form held the last time.</summary>
    public Dictionary<string, string> LastLogIn { get; private set; } = [];

    public static async Task<TestProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new TestProvider(app);
        app.MapGet("/realms/test/.well-known/openid-configuration", () => provider.IsBroken ? Results.StatusCode(500) : Json(new JsonObject
        {
            ["issuer"] = provider.Realm,
            ["jwks_uri"] = provider.Realm + "/certs",
            ["token_endpoint"] = provider.Realm + "/token",
        }));
        app.MapGet("/realms/test/certs", () => provider.Certificates());
        app.MapPost("/realms/test/token", (Delegate)provider.LogIn);
        await app.StartAsync();
        provider.Realm = app.Urls.Single() + "/realms/test";
        return provider;
    }

    /// <summary>Signs with another key from now on.</summary>
    public void Rotate()
    {
        Key = RSA.Create(2048);
        KeyId = "key-2";
    }

    /// <summary>A token in Keycloak's shape, alive for five minutes after <paramref name="now"/>.</summary>
    public JsonObject Keycloak(DateTimeOffset now, params string[] roles) => new()
    {
        ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        ["iat"] = now.ToUnixTimeSeconds(),
        ["jti"] = "0d9b5c7e",
        ["iss"] = Realm,
        ["aud"] = "account",
        ["sub"] = "5a1e2c1d-subject",
        ["typ"] = "Bearer",
        ["azp"] = "monailabel-app",
        ["realm_access"] = new JsonObject { ["roles"] = new JsonArray([.. roles.Select(r => (JsonNode?)r)]) },
        ["name"] = "Ada Lovelace",
        ["preferred_username"] = "ada",
        ["email"] = "ada@hospital.example",
    };

    /// <summary>A token in Entra ID's shape (version 2).</summary>
    public JsonObject Entra(DateTimeOffset now, string audience, params string[] roles) => new()
    {
        ["aud"] = audience,
        ["iss"] = Realm,
        ["iat"] = now.ToUnixTimeSeconds(),
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.AddMinutes(70).ToUnixTimeSeconds(),
        ["azp"] = "11111111-2222-3333-4444-555555555555",
        ["azpacr"] = "0",
        ["name"] = "Grace Hopper",
        ["oid"] = "99999999-aaaa",
        ["preferred_username"] = "grace@hospital.example",
        ["roles"] = new JsonArray([.. roles.Select(r => (JsonNode?)r)]),
        ["scp"] = "access_as_user",
        ["sub"] = "pairwise-subject",
        ["tid"] = "tenant",
        ["ver"] = "2.0",
    };

    /// <summary>Signs with the provider's key, by RS256.</summary>
    public string Sign(JsonObject payload) => Sign(payload, Key, KeyId);

    /// <summary>Signs with any key.</summary>
    public static string Sign(JsonObject payload, RSA key, string keyId)
    {
        var content = Part(new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = keyId }) + "." + Part(payload);
        return content + "." + Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>One of the first two parts of a token.</summary>
    public static string Part(JsonObject json) => Base64UrlEncoder.Encode(json.ToJsonString());

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static IResult Json(JsonObject json) => Results.Text(json.ToJsonString(), "application/json");

    private IResult Certificates()
    {
        KeyRequests++;
        var key = Key.ExportParameters(false);
        return Json(new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kid"] = KeyId,
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["n"] = Base64UrlEncoder.Encode(key.Modulus!),
                ["e"] = Base64UrlEncoder.Encode(key.Exponent!),
            }),
        });
    }

    private async Task<IResult> LogIn(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        LastLogIn = form.ToDictionary(f => f.Key, f => f.Value.ToString());
        if (form["password"] == "secret")
            return Json(new JsonObject { ["access_token"] = "token-of-" + form["username"], ["token_type"] = "Bearer", ["expires_in"] = 300, ["refresh_token"] = "not to be passed on" });
        return Results.Text("""{"error":"invalid_grant","error_description":"Invalid user credentials"}""", "application/json", statusCode: 401);
    }
}
